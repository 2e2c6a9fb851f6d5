"""Connectors to upstream platforms (12345, 110, 郑好办): their order number and deadline are kept, answers go back.

What leaves goes by the deliveries of notifications: a connector is a target of the kind `platform`.
"""
