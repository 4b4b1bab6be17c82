"""What people look at: the watch page and its server, the plain page, coverage volumes, figures and the report.

Views only. Nothing of physics is computed here, nothing is signed, and nothing needs a secret: anyone can look. The
server reads one `feed.Feed`, which whoever runs the exercise fills; the browser's side is built from `web/`.
"""
