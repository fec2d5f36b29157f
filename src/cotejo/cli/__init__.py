"""The command line: it parses, calls and shows, and imports what is heavy inside each command."""
