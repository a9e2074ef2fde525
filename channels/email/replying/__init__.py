"""What comes back to mail of ours: whose answer it is, their own words, delivery reports.

Nothing here opens a connection or a file; it runs beside the parser, apart from the service.
"""

from channels.email.replying.addresses import reply_address, reply_token_of
from channels.email.replying.own_words import own_words
from channels.email.replying.reports import read_report

__all__ = ["own_words", "read_report", "reply_address", "reply_token_of"]
