"""The long run: `python -m tests.chaos --kills 200 [--seed N] [--cores 2] [--report FILE]`.

Prints seed, schedule and verdict. A failed run is played once more with the same seed, to learn whether it fails
again; it stays failed either way.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.run import Outcome, run
from tests.chaos.schedule import Plan, schedule

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def main(arguments: list[str]) -> int:
    wish = _wish(arguments)
    plan = Plan.long(wish.kills)
    print(f"seed {wish.seed}, {wish.cores} core(s), {plan}", flush=True)
    outcome = _play(wish, plan)
    if not (outcome and outcome.holds):
        print(f"\nOnce more with seed {wish.seed}, to learn whether it fails again:", flush=True)
        again = _play(wish, plan)
        print("It failed again." if not (again and again.holds) else "This time it held; the failure stands.")
    holds = bool(outcome and outcome.holds)
    if wish.note:
        _note(wish, plan, outcome)
    return 0 if holds else 1


def _wish(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 dev.py chaos", description="Kill everything, lose nothing.")
    parser.add_argument("--kills", type=int, default=200, help="how often a core is killed; all else in proportion")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--cores", type=int, default=1, choices=(1, 2))
    parser.add_argument("--rate", type=float, default=500.0, help="messages a second")
    parser.add_argument("--report", type=Path, help="also write the outcome here, as JSON")
    parser.add_argument("--note", action="store_true", help="add a line to docs/benchmarks.md")
    return parser.parse_args(arguments)


def _play(wish: argparse.Namespace, plan: Plan) -> Outcome | None:
    strokes = schedule(plan, wish.seed)
    with tempfile.TemporaryDirectory(prefix="linekeeper-chaos-", ignore_cleanup_errors=True) as folder:
        try:
            outcome = run(
                Path(folder) / "stage", wish.seed, strokes,
                cores=wish.cores, per_second=wish.rate, say=lambda line: print(line, flush=True),
            )  # fmt: skip
        except AssertionError as failure:
            print(f"\nFAILED, seed {wish.seed}: {failure}")
            _report(wish, strokes, None, str(failure))
            return None
    print(f"\n{'HOLDS' if outcome.holds else 'FAILED'}, seed {wish.seed}: {outcome.verdict}")
    print(outcome.verdict.evidence(), end="\n" if not outcome.holds else "")
    _report(wish, strokes, outcome, "")
    return outcome


def _report(wish: argparse.Namespace, strokes: list[object], outcome: Outcome | None, failure: str) -> None:
    if wish.report is None:
        return
    told = {
        "seed": wish.seed,
        "cores": wish.cores,
        "messages_per_s": wish.rate,
        "schedule": [str(stroke) for stroke in strokes],
        "holds": bool(outcome and outcome.holds),
        "failure": failure,
        "outcome": asdict(outcome) if outcome else None,
    }
    wish.report.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _note(wish: argparse.Namespace, plan: Plan, outcome: Outcome | None) -> None:
    verdict = (
        f"**{'holds' if outcome and outcome.holds else 'MISSED'}** ({outcome.verdict})" if outcome else "**MISSED**"
    )
    seconds = f", {outcome.seconds:,.0f} s, worst recovery {outcome.worst_recovery_s:.1f} s" if outcome else ""
    with PAGE.open("a", encoding="utf-8") as page:
        page.write(
            f"\n## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, chaos run, seed {wish.seed}, {platform.system()}\n\n"
            f"{plan.kills} kills of {wish.cores} core(s), {plan.postgres_restarts} PostgreSQL restarts, "
            f"{plan.broker_restarts} broker restarts, {plan.network_faults} network faults, {plan.freezes} freezes, "
            f"{plan.broker_kills} broker kills at {wish.rate:,.0f} messages a second{seconds}: {verdict}\n"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
