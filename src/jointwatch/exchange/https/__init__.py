"""The default carrier: HTTPS with TLS 1.3 and certificates on both sides."""
