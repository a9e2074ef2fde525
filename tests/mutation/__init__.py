"""Small wrongs in `core`, made one at a time: what share do the tests notice?"""
