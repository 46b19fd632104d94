"""Trends: curves thinned to the pixels with every peak and every gap kept, live and history as one."""

from ui.plot.runs import Curve, Gap, Run, parted, split_runs
from ui.plot.trace import Band, Limit, Pen, Trace
from ui.plot.trend_view import Span, TrendView

__all__ = ["Band", "Curve", "Gap", "Limit", "Pen", "Run", "Span", "Trace", "TrendView", "parted", "split_runs"]
