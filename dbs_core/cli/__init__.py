"""The command line: arguments to settings, records to text; one command a file."""
