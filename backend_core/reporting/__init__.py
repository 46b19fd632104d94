"""What we hand over: tables as CSV and JSON, and the daily report as PDF."""
