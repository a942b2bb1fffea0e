package outbox

// Store is the disk under an Outbox: a few ordered buckets, changed one
// transaction at a time. Open brings a bbolt file; a simulation its own.
type Store interface {
	// Update runs change in a transaction that is durable when Update returns
	// nil. After an error the change has happened whole or not at all.
	Update(change func(Tx) error) error
	View(read func(Tx) error) error
	Close() error
}

// Tx is one transaction. What Get and ForEach show is valid until it ends.
type Tx interface {
	Get(bucket, key []byte) []byte // nil when there is none
	Put(bucket, key, value []byte) error
	Delete(bucket, key []byte) error
	// ForEach visits in the order of keys until visit fails; nothing may be
	// changed meanwhile.
	ForEach(bucket []byte, visit func(key, value []byte) error) error
}

// The buckets. Keys are keyed hashes, values are sealed.
var (
	bucketMeta    = []byte("meta")
	bucketRecords = []byte("records") // by id
	bucketIndex   = []byte("index")   // by id, of the records that are not settled: what Claim has to know of them
	bucketDoctors = []byte("lots")    // by doctor: lots, and the seconds that are taken
	bucketSlips   = []byte("slips")   // by NRE: the promemoria of what was sent
	bucketExpiry  = []byte("expiry")  // by day, what may be forgotten then

	buckets = [][]byte{bucketMeta, bucketRecords, bucketIndex, bucketDoctors, bucketSlips, bucketExpiry}
)
