"""Generation of inputs: shapes, values and arguments.

For a user's functions begin at `plan_of` (plan.py: which shapes and dtypes), then `Cases` (cases.py: the value sets).
For jaxfun's own functions begin at recorded.py and cover.py. The public strategies are in strategies.py.
"""
