"""One file a command: read the options, call the line, report."""
