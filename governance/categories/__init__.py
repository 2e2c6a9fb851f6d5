"""Categories of cases by date: components and events, their clocks and urgency, and the words of channels for them."""
