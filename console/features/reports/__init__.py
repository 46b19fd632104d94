"""Daily reports: made, looked at, printed and saved without leaving the console."""
