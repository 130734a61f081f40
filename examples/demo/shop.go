package main

import "path/filepath"

// shop starts the example services and buys something.
func shop(d *demo) {
	d.title("Services that work together")
	d.say("The shop's services are built with msgen; their stores are embedded here.")
	for _, name := range []string{"users", "products", "payments"} {
		d.command(filepath.Join(d.root, "examples", "shop", name), "go", "build", "-o", filepath.Join(d.work, name+".bin"), "./cmd/"+name)
	}
	d.token = ""
	issuer := "http://" + d.address()
	hash := d.piped("payments-secret", filepath.Join(d.work, "users.bin"), "hash-secret")
	users := d.start("users", filepath.Join(d.work, "users.bin"), d.work, "AUTH_BASIC_USERS=payments:"+hash+":products.read products.reserve",
		"HTTP_ADDR="+issuer[len("http://"):], "AUTH_ISSUER="+issuer,
		"DATABASE_URL=sqlite:"+filepath.Join(d.work, "users.db"), "MAINTAINERS=boss@example.com", "TOKEN_SCOPE=profile,products.read,payments")
	products := d.start("products", filepath.Join(d.work, "products.bin"), d.work, "AUTH_ISSUER="+issuer, "AUTH_AUDIENCE=products",
		"DATABASE_URL=sqlite:"+filepath.Join(d.work, "products.db"))
	payments := d.start("payments", filepath.Join(d.work, "payments.bin"), d.work, "AUTH_ISSUER="+issuer, "AUTH_AUDIENCE=payments",
		"DATABASE_URL=sqlite:"+filepath.Join(d.work, "payments.db"), "USERS_URL="+users.url, "PRODUCTS_URL="+products.url,
		"CLIENT_SECRET=payments-secret")

	d.say("Somebody who runs the shop registers, signs in, and puts a product on the shelf.")
	d.signIn(users, "boss@example.com")
	teapot := d.call(products, "POST", "/v2/products",
		`{"sku":"TEA-1","name":"Teapot","tags":["kitchen"],"stock":3,"price":{"amount":2490,"currency":"EUR"}}`, 201)
	d.say("A customer searches. The customer's token does not allow more.")
	d.signIn(users, "ada@example.com")
	d.call(products, "GET", "/v2/products?q=tea&inStock=true", "", 200)
	d.call(products, "POST", "/v2/products", `{"sku":"TEA-2","name":"x","price":{"amount":1,"currency":"EUR"}}`, 403)

	d.say("A checkout: payments reserves at products, charges, and confirms. One of three teapots is sold.")
	order := `{"basket":{"lines":[{"productId":"` + text(teapot, "id") + `","quantity":1}]},"method":{"kind":"card","token":"tok_visa"}}`
	d.header = map[string]string{"Idempotency-Key": "first-order"}
	receipt := d.call(payments, "POST", "/v1/checkouts", order, 201)
	d.say("The same again, as a client does that lost the answer: the same receipt, and nothing is charged twice.")
	if again := d.call(payments, "POST", "/v1/checkouts", order, 201); text(again, "id") != text(receipt, "id") {
		d.fail("the second checkout has a receipt of its own: %v", again)
	}
	d.header = nil
	left := d.call(products, "GET", "/v2/products/"+text(teapot, "id"), "", 200)
	if left["available"] != 2.0 {
		d.fail("%v teapots are left, want 2", left["available"])
	}
	d.say("The money back, and the teapot back on the shelf:")
	if refunded := d.call(payments, "POST", "/v1/receipts/"+text(receipt, "id")+"/refund", `{"reason":"It leaks."}`, 200); refunded["state"] != "refunded" {
		d.fail("the receipt is %v", refunded["state"])
	}
	left = d.call(products, "GET", "/v2/products/"+text(teapot, "id"), "", 200)
	if left["available"] != 3.0 {
		d.fail("%v teapots are on the shelf, want 3", left["available"])
	}
	d.stop(payments)
	d.stop(products)
	d.stop(users)
}

// signIn registers somebody and takes their token.
func (d *demo) signIn(users *process, email string) {
	d.token = ""
	d.call(users, "POST", "/v1/registrations", `{"email":"`+email+`","password":"correct horse battery","name":"Somebody"}`, 201)
	d.token = text(d.call(users, "POST", "/v1/sign-in", `{"email":"`+email+`","password":"correct horse battery"}`, 200), "accessToken")
}
