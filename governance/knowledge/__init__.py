"""The knowledge base (知识库): dated answers with their source to what people ask, and the questions without."""
