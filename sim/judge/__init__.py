"""The second opinion: a language model answers the rubric's checks with quotes, held to the learner's own words."""
