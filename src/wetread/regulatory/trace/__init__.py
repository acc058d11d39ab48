"""Requirements, risks, tests and their results, held against each other.

A requirement says what the software shall do, a risk which harm may come of it and which requirements control it, a
marker on a test which requirement the test verifies, and the JUnit file of a run what came of the test.
"""
