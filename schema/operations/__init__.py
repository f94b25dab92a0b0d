"""Operations: from the text of a document to the answer, within limits."""
