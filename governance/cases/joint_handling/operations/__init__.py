"""The public verbs of joint handling: state a kind of whistle, blow one, do something to one."""

from governance.cases.joint_handling.operations.acting import WhistleIn, act_on
from governance.cases.joint_handling.operations.blowing import blow
from governance.cases.joint_handling.operations.kinds import end_kind, state_kind

__all__ = ["WhistleIn", "act_on", "blow", "end_kind", "state_kind"]
