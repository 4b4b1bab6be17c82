"""People at a centre: who they are, how they sign in, and what they do: each act an entry under its person's own key.

`table` lists the acts, `app` serves them. What is to be looked at is the display's; the command line joins the two.
"""
