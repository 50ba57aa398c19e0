package handover_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"csuis-offline/handover"
	"csuis-offline/outbox"
)

// An outbox is opened through this room, which settles what an interrupted run
// left in it.
func ExampleOpenOutbox() {
	dir, err := os.MkdirTemp("", "outbox")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	box, err := handover.OpenOutbox(ctx, dir, outbox.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer box.Close()
	states, err := box.Counts(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(handover.Expected(states), "records wait for a message")
	// Output: 0 records wait for a message
}
