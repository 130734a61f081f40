// Package e2e tests the three services of the shop together, as processes that talk HTTP: buying, and what becomes of it
// when processes are killed or stopped, databases go away, and keys change. The services stand in the folders beside this
// one; nothing of them is imported.
package e2e
