package stage

var claimForTest = rename
