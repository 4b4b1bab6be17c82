"""What a series of tests says about a programme: the reach shown, its growth, what is new, and what was not noticed.

`shown` reads the published figures of each test; `capability` bounds what all of them together had shown by a day;
`new_class` asks whether a class began to be tested, and when; `missed` how likely a test of a class would have stayed
unknown, and how sure one may be of that; `apart` when a radar's looks decide between two claims about one test. Series
come as plain columns, whoever claimed them: one party's reading of the sources is one series, another's is another.
Nothing here draws random numbers.
"""
