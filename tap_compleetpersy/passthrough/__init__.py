"""Rules of `persy request`: which words are taken, and what is shown of an answer.

`arguments` reads words into a request; `printing` makes JSON readable on a terminal, and keeps the
key out of what is printed.
"""
