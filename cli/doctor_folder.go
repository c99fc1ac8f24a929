package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// fewBytes is the free space below which the database can't be relied on to grow.
const fewBytes = 256 << 20

func (d *doctor) checkPermissions() {
	const check = "permissions"
	if !d.set.needsFolder() {
		d.say(fine, check, "nothing is stored in the data folder")
		return
	}
	if !exists(d.set.Data) {
		d.say(wrong, check, "there is no data folder %s: start itemshare serve once, or set "+
			"ITEMSHARE_DATA to the right folder", d.set.Data)
		return
	}
	err := d.set.checkFolder()
	if err == nil {
		err = d.set.checkFileModes()
	}
	if err == nil {
		err = d.set.checkSpace()
	}
	switch owner, ok := ownerOf(d.set.Data); {
	case err != nil:
		d.say(wrong, check, "%s", sentence(err))
	case ok && owner != os.Geteuid():
		d.say(notice, check, "%s belongs to user %d and this is user %d: run commands as its owner, "+
			"so that the server can write to the files they create", d.set.Data, owner, os.Geteuid())
	case d.set.isShared():
		d.say(notice, check, "%s", d.set.sharedFolder())
	default:
		d.say(fine, check, "only user %d can read %s, and can write there", os.Geteuid(), d.set.Data)
	}
}

// checkSpace rejects a disk that is nearly full, of the data folder or of the database.
func (s settings) checkSpace() error {
	folders := []string{s.Data}
	if file := s.databaseFile(); file != "" {
		folders = append(folders, filepath.Dir(file))
	}
	for _, folder := range folders {
		var disk syscall.Statfs_t
		if syscall.Statfs(folder, &disk) != nil {
			continue // what is wrong with it, another check says
		}
		if free := disk.Bavail * uint64(disk.Bsize); free < fewBytes {
			return fmt.Errorf("only %d MiB are free where %s is: make room", free>>20, folder)
		}
	}
	return nil
}

// checkFileModes rejects files that others can read, wherever they are.
func (s settings) checkFileModes() error {
	private := fs.FileMode(0o077)
	if s.MasterKey != "" && s.isShared() {
		private = 0o007
	}
	var files []string
	if s.databaseFile() != "" {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			files = append(files, s.databaseFile()+suffix)
		}
	}
	for _, path := range append(files, s.keyFile()) {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&private != 0 {
			return fmt.Errorf("others can read %s: run chmod 600 on it", path)
		}
	}
	return nil
}

func ownerOf(path string) (uid int, ok bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, false
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(owner.Uid), true
}
