"""The record that neither side can alter, lose or deny: signed Merkle logs, their mirrors, and the way between them.

It moves and proves bytes and knows no physics. `keys` is the only module that verifies a signature; `merkle`, `note`,
`checkpoint`, `dsse` and `tiles` follow RFC 6962, C2SP and DSSE; `log` keeps a centre's logs and its replicas of the
partners' in one SQLite file; `roster` says which key may say what; `frame` is what a carrier moves.
"""
