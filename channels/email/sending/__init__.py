"""How messages leave as mail: composed as text and HTML, handed to one mail server."""

from channels.email.sending.sender import MailOptions, Sender

__all__ = ["MailOptions", "Sender"]
