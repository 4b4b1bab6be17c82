"""The signed frames over a party's own NATS server, to its centres and to many consoles. The record is never in it."""
