"""The command line. Begin with `main.py`; `commands.py` holds help texts and options; each command has its own file."""
