"""The questionnaire: twenty criteria as data, answers, score."""
