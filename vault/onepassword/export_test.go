package onepassword

// InQueue returns the number of calls that run or wait.
func (b *Backend) InQueue() int {
	b.calls.queue.mu.Lock()
	defer b.calls.queue.mu.Unlock()
	n := len(b.calls.queue.waiting)
	if b.calls.queue.running {
		n++
	}
	return n
}
