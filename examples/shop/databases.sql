-- One database for each service: no service reads the tables of another.
CREATE DATABASE users;
CREATE DATABASE products;
CREATE DATABASE payments;
