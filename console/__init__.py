"""The operator's application: starts the program, joins core and screen, one folder per feature."""
