"""The daily report as PDF: its look, its charts, its tables and its pages."""
