"""A centre's judgement on launches: `correlating` hears the record and says what each launch is found to be.

`in_force` holds the notices as they stand, `launches` turns reports into launches that can be compared.
"""
