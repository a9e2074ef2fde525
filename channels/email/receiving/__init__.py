"""Mail that comes in: taken at the door, stored whole, and read apart from the service."""
