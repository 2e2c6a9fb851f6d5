"""Joint consultations (联席会商) on hotspot topics: units called, minutes, decisions that become supervised tasks."""
