// Package models holds what is known of models without training one: the kinds,
// the keys of a study file that each kind uses, with their types, ranges and
// defaults, and the shapes of the examples that a kind takes. There is one table of
// kinds and one of keys. The study file is read by them, and the trainers read by
// them what a run is to train.
//
// It does not build networks; package nets does, and its tests fail where a kind has
// no network. It has no cgo, so that whoever reads a study file needs none.
//
// # To add a kind
//
// Add an entry to the table in kinds.go, and what is new to it to the table in
// keys.go and to [Config]. A kind that the built-in trainer trains has a network in
// objective/trainers/nets/architecture.go.
package models
