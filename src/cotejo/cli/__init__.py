"""The command line: parses, calls, and shows; everything heavy is imported inside a command."""
