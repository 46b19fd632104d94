"""Every text of the reports panel."""

from datetime import date

TITLE = "Daily report"
SUMMARY = "Makes the report of a day: energy, voltages, alarms, outages and data coverage, to look at, print and save."

DAY = "Day (UTC)"
DAY_HELP = "Type a day, or step with the arrow keys. Days begin and end at midnight UTC."
EARLIER = "Day before"
LATER = "Day after"
TODAY = "Today"
MAKE = "Make the report"
MAKE_HELP = "Collect the day from the record and set it as PDF (Ctrl+Enter)."
SAVE = "Save as"
SAVE_HELP = "Save this report as a PDF file (Ctrl+S)."
PRINT = "Print"
PRINT_HELP = "Print this report (Ctrl+P)."
WIDER = "Larger"
NARROWER = "Smaller"
FIT = "Fit width"

EMPTY = "A day on a few pages."
EMPTY_WHY = (
    "No report has been made yet. It tells energy and load, losses, worst voltages, alarms, outages and data coverage."
)
EMPTY_NEXT = "Choose a day and make its report; it can then be read here, printed and saved."
COLLECTING = "Collecting the day"
CANCELLED = "The report was cancelled. Nothing was written."
AGAIN = "Make it again"
NOTHING_YET = "Make a report first; then it can be saved and printed."
PDF_FILES = "PDF documents (*.pdf)"
SAVE_TITLE = "Save the report"
NO_PRINTER = "No printer is set up on this machine."
NO_PRINTER_REMEDY = "Save the report as PDF and print it elsewhere, or set up a printer in the system."
PRINT_FAILED = "The printer did not take the report."
PRINT_FAILED_REMEDY = "See whether it is on and has paper, then print again; the report itself is unharmed."
UNREADABLE = "The report that came back cannot be shown."
UNREADABLE_REMEDY = "Make it again; if that does not help, save it and open it elsewhere."

ACTION_MAKE = "Daily report: make the report of the chosen day"
ACTION_SAVE = "Daily report: save as PDF"
ACTION_PRINT = "Daily report: print"
ACTION_EARLIER = "Daily report: day before"
ACTION_LATER = "Daily report: day after"
ACTION_WIDER = "Daily report: larger pages"
ACTION_NARROWER = "Daily report: smaller pages"
ACTION_FIT = "Daily report: fit the width"


def scope(day: date, pages: int) -> str:
    return f"{day:%A} {day.day} {day:%B %Y} · {pages} pages"


def freshness(coverage_percent: float, readings: int, made: str) -> str:
    return f"coverage {coverage_percent:.1f} % · {readings:,} readings · made {made} UTC"


def no_data(day: date) -> str:
    return f"The record holds nothing of {day}. The report says so, too."


def page(number: int, of: int) -> str:
    return f"page {number} of {of}"


def file_name(day: date) -> str:
    return f"daily-report-{day}.pdf"


def saved(name: str) -> str:
    return f"Saved as {name}."


def not_saved(name: str, reason: str) -> str:
    return f"{name} could not be saved: {reason}. Choose another place."


def printed(pages: int) -> str:
    return "1 page was handed to the printer." if pages == 1 else f"{pages} pages were handed to the printer."


def stale(day: date) -> str:
    return f"Below is the report of {day}. Make the report to see the chosen day."
