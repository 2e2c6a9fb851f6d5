"""Appeals against results (申诉): a case that was counted is contested, answered, and decided on by another person."""
