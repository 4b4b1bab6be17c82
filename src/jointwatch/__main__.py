"""`python -m jointwatch`: the command line."""

from jointwatch.cli.main import main

main()
