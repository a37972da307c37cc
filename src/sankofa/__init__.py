"""A network's knowledge as a graph that ordinary people can capture, check, question and publish."""
