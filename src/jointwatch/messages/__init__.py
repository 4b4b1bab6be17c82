"""Everything a centre can say: one struct per kind of message, each with its schema, and the bytes that are signed.

Every message is an entry of a log, under a signature; a correction is another message, never a change. `encoding`
turns a message into bytes (MessagePack) and back, strictly, and into JSON for people; `examples` has one of each kind.
`picture` is different: unsigned views that centre and display share.
"""
