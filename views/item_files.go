package views

// filesID is the id of the files on an item's page.
const filesID = "item-files"
