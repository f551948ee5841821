"""How fast it is, measured from outside and written down with the command that measured it: `make bench`."""
