package onepassword

// InQueue counts the call that runs and those that wait.
func (b *Backend) InQueue() int {
	b.calls.queue.mu.Lock()
	defer b.calls.queue.mu.Unlock()
	n := len(b.calls.queue.waiting)
	if b.calls.queue.running {
		n++
	}
	return n
}
