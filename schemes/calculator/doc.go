// Package calculator calculates class weights from recalls that somebody brings along, by a
// scheme of the catalogue or a formula. Names and values come as text, as a command line has
// them, and its errors name the flags of that command line.
package calculator
