// Package npy reads NumPy's format of one array, .npy, versions 1 to 3.
//
// It knows no files and sets no policy: [ReadHeader] accepts every plain numeric type in
// either byte order and either order of the axes, and callers refuse what they do not
// want. What is read comes from outside, so nothing is allocated by what a header claims.
//
// The trainer protocol (objective/trainers/process) and objective/data/arrays read it.
//
// Source: NumPy, "A simple file format for NumPy arrays", numpy.lib.format.
package npy
