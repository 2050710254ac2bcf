"""Corrections of labels: a file beside a source's files that wins over the labels, read by each load.

overlay     the file: its lines, and how some are added
applying    what corrections make of a label
loading     the labels of any layout with their corrections
correcting  labels corrected and taken back, in the file first and then in the database
label_file  a label file itself, written in place
"""
