"""Notifications: what happens to cases, tasks and releases, told to other systems, to groups and to persons.

A consumer of events freezes each happening as one message with a stable id; a delivery a target is sent until it is
confirmed (`operations/delivering.py`), and a person finds it in the own inbox.
"""
