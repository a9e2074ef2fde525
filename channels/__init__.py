"""The channels that come with the house; each is a plugin like anybody else's."""
